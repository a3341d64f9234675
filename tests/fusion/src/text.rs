//! The text of a query, read by DataFusion's parser: values in the place of parameters, instants in microseconds.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use datafusion::common::plan_err;
use datafusion::error::Result;
use datafusion::execution::session_state::SessionState;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    self, BinaryOperator, DataType, Expr, FunctionArg, FunctionArgExpr, FunctionArgOperator,
    FunctionArguments, TimezoneInfo, ValueWithSpan, visit_expressions_mut,
};
use datafusion::sql::sqlparser::dialect::DuckDbDialect;
use datafusion::sql::sqlparser::parser::Parser;

use crate::wire::Value;

/// Instants are kept to the microsecond.
const PLACES: u64 = 6;

/// What a text says, with the values of its parameters. A parameter without a value is refused, or null where `lenient`.
pub fn read(state: &SessionState, sql: &str, params: &[(String, Value)], lenient: bool) -> Result<Statement> {
    let dialect = &state.config_options().sql_parser.dialect;
    let statement = state.sql_to_statement(sql, dialect)?;
    let Statement::Statement(mut inner) = statement else { return plan_err!("it is not a SELECT") };
    if !matches!(*inner, ast::Statement::Query(_)) {
        return plan_err!("it is not a SELECT");
    }
    let values: BTreeMap<&str, &Value> = params.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let visited = visit_expressions_mut(inner.as_mut(), |expr| match changed(expr, &values, lenient) {
        Ok(Some(other)) => {
            *expr = other;
            ControlFlow::Continue(())
        }
        Ok(None) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    });
    match visited {
        ControlFlow::Continue(()) => Ok(Statement::Statement(inner)),
        ControlFlow::Break(error) => Err(error),
    }
}

fn changed(expr: &mut Expr, values: &BTreeMap<&str, &Value>, lenient: bool) -> Result<Option<Expr>> {
    match expr {
        Expr::Value(ValueWithSpan { value: ast::Value::Placeholder(name), .. }) => {
            match values.get(name.trim_start_matches('$')) {
                Some(value) => literal(value).map(Some),
                None if lenient => literal(&Value::Null).map(Some),
                None => plan_err!("the parameter {name} has no value"),
            }
        }
        Expr::Cast { data_type, .. } => {
            if let DataType::Timestamp(places @ None, TimezoneInfo::None) = data_type {
                *places = Some(PLACES);
            }
            Ok(None)
        }
        Expr::TypedString(typed) => {
            if let DataType::Timestamp(places @ None, TimezoneInfo::None) = &mut typed.data_type {
                *places = Some(PLACES);
            }
            Ok(None)
        }
        // Read as if its right side were all that follows.
        Expr::IsDistinctFrom(left, right) if is_joined(right) => {
            let (left, right) = (left.clone(), right.as_ref().clone());
            onto_first(right, |first| Expr::IsDistinctFrom(left, Box::new(first))).map(Some)
        }
        Expr::IsNotDistinctFrom(left, right) if is_joined(right) => {
            let (left, right) = (left.clone(), right.as_ref().clone());
            onto_first(right, |first| Expr::IsNotDistinctFrom(left, Box::new(first))).map(Some)
        }
        Expr::Function(function) => {
            if let FunctionArguments::List(list) = &mut function.args {
                list.args.iter_mut().try_for_each(compared)?;
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// `f(a = b)` is read as a value for the argument `a` of the function; it is a comparison.
fn compared(argument: &mut FunctionArg) -> Result<()> {
    if let FunctionArg::Named {
        name,
        arg: FunctionArgExpr::Expr(right),
        operator: FunctionArgOperator::Equals,
    } = argument
    {
        let left = Box::new(Expr::Identifier(name.clone()));
        let equal = |first| Expr::BinaryOp { left, op: BinaryOperator::Eq, right: Box::new(first) };
        *argument = FunctionArg::Unnamed(FunctionArgExpr::Expr(onto_first(right.clone(), equal)?));
    }
    Ok(())
}

fn is_joined(expr: &Expr) -> bool {
    matches!(expr, Expr::BinaryOp { op: BinaryOperator::And | BinaryOperator::Or | BinaryOperator::Xor, .. })
}

/// Of conditions joined by AND the first one made another.
fn onto_first(tree: Expr, make: impl FnOnce(Expr) -> Expr) -> Result<Expr> {
    match tree {
        Expr::BinaryOp { left, op: op @ BinaryOperator::And, right } => {
            Ok(Expr::BinaryOp { left: Box::new(onto_first(*left, make)?), op, right })
        }
        joined if is_joined(&joined) => plan_err!("a comparison beside OR needs brackets"),
        first => Ok(make(first)),
    }
}

fn literal(value: &Value) -> Result<Expr> {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let text = match value {
        Value::Null => "NULL".to_owned(),
        Value::Day(day) => format!("CAST({} AS DATE)", quoted(day)),
        Value::Instant(at) => format!("CAST({} AS TIMESTAMP({PLACES}))", quoted(at)),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => quoted(text),
    };
    Ok(Parser::new(&DuckDbDialect {}).try_with_sql(&text)?.parse_expr()?)
}
