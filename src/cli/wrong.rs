//! What is wrong with a command line, in Japanese and then in English. The parser itself knows English alone.

use std::error::Error as _;
use std::net::AddrParseError;
use std::num::ParseIntError;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// One thing in both languages.
type Both = (String, String);

/// What to print for a command line that can't be read. None: nothing is wrong, help or the version was asked for.
pub(super) fn explained(error: &clap::Error) -> Option<String> {
    let (ja, en) = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return None,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let (ja, en) = ("コマンドの続きを指定してください", "say what to do");
            return Some(format!("hinomi: {ja} ({en})\n\n{error}"));
        }
        ErrorKind::InvalidSubcommand => unknown_command(error),
        ErrorKind::MissingSubcommand => {
            let known = context(error, ContextKind::ValidSubcommand);
            accepting(("コマンドの続きがありません".into(), "a subcommand is needed".into()), &known)
        }
        ErrorKind::UnknownArgument => {
            let argument = context(error, ContextKind::InvalidArg);
            let both = (format!("引数 {argument} は使えません"), format!("unknown argument {argument}"));
            perhaps(both, &context(error, ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => wrong_value(error),
        ErrorKind::ArgumentConflict => conflict(error),
        ErrorKind::MissingRequiredArgument => {
            let missing = context(error, ContextKind::InvalidArg);
            (format!("{missing} が必要です"), format!("{missing} is needed"))
        }
        ErrorKind::InvalidUtf8 => {
            ("引数が UTF-8 の文字ではありません".into(), "an argument is not UTF-8".into())
        }
        ErrorKind::NoEquals
        | ErrorKind::TooFewValues
        | ErrorKind::TooManyValues
        | ErrorKind::WrongNumberOfValues => {
            let argument = context(error, ContextKind::InvalidArg);
            (format!("{argument} の値の数が違います"), format!("wrong number of values for {argument}"))
        }
        _ => ("コマンドの書き方が違います".into(), first_line(&error.to_string())),
    };
    let usage = context(error, ContextKind::Usage);
    let usage = if usage.is_empty() { usage } else { format!("\n\n{usage}") };
    Some(format!("hinomi: {ja} ({en}){usage}\n\n書き方は --help で表示します (--help explains)\n"))
}

/// What the parser knows of an error, as text.
fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(all)) => all.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn accepting((ja, en): Both, accepted: &str) -> Both {
    if accepted.is_empty() {
        return (ja, en);
    }
    (format!("{ja}。使える値: {accepted}"), format!("{en}; accepted: {accepted}"))
}

fn perhaps((ja, en): Both, suggested: &str) -> Both {
    if suggested.is_empty() {
        return (ja, en);
    }
    (format!("{ja}。もしかすると: {suggested}"), format!("{en}; perhaps: {suggested}"))
}

fn unknown_command(error: &clap::Error) -> Both {
    let command = context(error, ContextKind::InvalidSubcommand);
    let both = (format!("コマンド {command} はありません"), format!("there is no command {command}"));
    perhaps(both, &context(error, ContextKind::SuggestedSubcommand))
}

fn wrong_value(error: &clap::Error) -> Both {
    let (argument, value) =
        (context(error, ContextKind::InvalidArg), context(error, ContextKind::InvalidValue));
    let accepted = context(error, ContextKind::ValidValue);
    if value.trim().is_empty() {
        return accepting((format!("{argument} の値が空です"), format!("{argument} is empty")), &accepted);
    }
    let both = (format!("{argument} に {value} は使えません"), format!("{argument} can't be {value}"));
    match cause(error) {
        Some((ja, en)) => (format!("{}。{ja}", both.0), format!("{}; {en}", both.1)),
        None => accepting(both, &accepted),
    }
}

/// Why a value was turned down, where there is no list of those that are accepted.
fn cause(error: &clap::Error) -> Option<Both> {
    let cause = error.source()?;
    let both = |ja: &str, en: &str| Some((ja.to_owned(), en.to_owned()));
    if cause.is::<ParseIntError>() {
        return both("整数を書いてください", "a whole number is needed");
    }
    if cause.is::<AddrParseError>() {
        return both("127.0.0.1:8460 のように書いてください", "write it as 127.0.0.1:8460");
    }
    let text = cause.to_string();
    if let Some((_, range)) = text.split_once(" is not in ") {
        return Some((format!("範囲は {range} です"), format!("it must be in {range}")));
    }
    Some(("値が正しくありません".to_owned(), text))
}

fn conflict(error: &clap::Error) -> Both {
    let (argument, prior) = (context(error, ContextKind::InvalidArg), context(error, ContextKind::PriorArg));
    if prior.is_empty() || prior == argument {
        return (format!("{argument} が二度指定されています"), format!("{argument} is said twice"));
    }
    (format!("{argument} と {prior} は同時に指定できません"), format!("{argument} can't go with {prior}"))
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// An error of a command in one line: in Japanese, then in English. What knows no Japanese of its own says which command
/// it was.
pub(super) fn in_one_line(command: &str, why: &str) -> String {
    let line = why.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    // Names of files and columns are Japanese too, but no sentences.
    let kana = |c: char| matches!(c, '\u{3041}'..='\u{309f}');
    if line.contains(kana) {
        return line;
    }
    format!("{command} を実行できませんでした (unable to carry out {command}): {line}")
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command, CommandFactory};

    use super::super::Cli;
    use super::*;

    fn japanese(text: &str) -> bool {
        text.chars().any(|c| matches!(c, '\u{3041}'..='\u{309f}'))
    }

    /// The first line says it in Japanese, and in brackets in English.
    fn in_both_languages(line: &str) -> bool {
        let Some((ja, en)) = line.strip_prefix("hinomi: ").and_then(|line| line.split_once(" (")) else {
            return false;
        };
        japanese(ja) && en.ends_with(')') && en.chars().any(|c| c.is_ascii_lowercase()) && !japanese(en)
    }

    fn refused(args: &[String]) -> String {
        let error = Cli::command().try_get_matches_from(args).expect_err(&format!("{args:?}"));
        let explained = explained(&error).unwrap_or_else(|| panic!("{args:?}: nothing is wrong"));
        let line = explained.lines().next().unwrap_or_default().to_owned();
        assert!(in_both_languages(&line), "{args:?}: {line}");
        line
    }

    /// All commands, each by the words that lead to it.
    fn commands(of: &Command, way: &[String], found: &mut Vec<(Vec<String>, Command)>) {
        for command in of.get_subcommands().filter(|c| c.get_name() != "help") {
            let way: Vec<String> = way.iter().cloned().chain([command.get_name().to_owned()]).collect();
            found.push((way.clone(), command.clone()));
            commands(command, &way, found);
        }
    }

    fn of_all(each: impl Fn(&[String], &Command)) {
        let mut command = Cli::command();
        command.build();
        let mut found = Vec::new();
        commands(&command, &["hinomi".to_owned()], &mut found);
        assert!(found.len() > 20, "{} commands", found.len());
        for (way, command) in &found {
            each(way, command);
        }
    }

    fn with(way: &[String], more: &[&str]) -> Vec<String> {
        way.iter().cloned().chain(more.iter().map(|s| (*s).to_owned())).collect()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a filter asks with a reference")]
    fn takes_value(arg: &&Arg) -> bool {
        arg.get_action().takes_values()
    }

    #[test]
    fn every_command_refuses_what_it_does_not_know_in_both_languages() {
        refused(&with(&["hinomi".to_owned()], &[]));
        refused(&with(&["hinomi".to_owned()], &["lod"]));
        of_all(|way, command| {
            refused(&with(way, &["--no-such-option"]));
            if command.get_subcommands().next().is_some() {
                refused(way);
                refused(&with(way, &["no-such"]));
            }
            if command.get_arguments().any(|arg| arg.is_positional() && arg.is_required_set()) {
                let line = refused(way);
                assert!(line.contains("が必要です"), "{line}");
            }
        });
    }

    #[test]
    fn no_option_of_any_command_takes_an_empty_value() {
        let options = std::cell::Cell::new(0);
        of_all(|way, command| {
            for arg in command.get_arguments().filter(takes_value) {
                let Some(long) = arg.get_long() else { continue };
                options.set(options.get() + 1);
                let line = refused(&with(way, &[&format!("--{long}"), ""]));
                assert!(line.contains(&format!("--{long}")) && line.contains("が空です"), "{way:?}: {line}");
            }
            for place in command.get_positionals().filter(|arg| arg.is_required_set()) {
                let line = refused(&with(way, &[""]));
                assert!(line.contains("が空です"), "{way:?} {}: {line}", place.get_id());
            }
        });
        assert!(options.get() > 80, "{options:?}");
    }

    #[test]
    fn no_option_is_said_twice() {
        of_all(|way, command| {
            for arg in command.get_arguments().filter(takes_value) {
                let (Some(long), Some(value)) = (arg.get_long(), sound_value(arg)) else { continue };
                let long = format!("--{long}");
                let line = refused(&with(way, &[&long, &value, &long, &value]));
                assert!(line.contains("二度指定"), "{way:?}: {line}");
            }
        });
    }

    /// A value that the parser takes.
    fn sound_value(arg: &Arg) -> Option<String> {
        if let Some(first) = arg.get_possible_values().first() {
            return Some(first.get_name().to_owned());
        }
        ["1", "x", "127.0.0.1:1"].into_iter().map(str::to_owned).find(|value| {
            let alone = Arg::new("x").long("x").value_parser(arg.get_value_parser().clone());
            Command::new("x").arg(alone).try_get_matches_from(["x", "--x", value]).is_ok()
        })
    }

    #[test]
    fn values_of_the_wrong_kind_are_refused_in_both_languages() {
        let line = |args: &[&str]| refused(&with(&["hinomi".to_owned()], args));
        let context = line(&["show", "deaths", "--against", "nope"]);
        assert!(
            context.contains("使える値: previous, last_year") && context.contains("accepted: previous"),
            "{context}"
        );
        let context = line(&["show", "deaths", "--format", "xml"]);
        assert!(
            context.contains("xml は使えません") && context.contains("accepted: table, csv, excel"),
            "{context}"
        );
        let context = line(&["demo", "--cases", "many"]);
        assert!(
            context.contains("整数を書いてください") && context.contains("a whole number is needed"),
            "{context}"
        );
        let context = line(&["demo", "--cases", "-1"]);
        assert!(context.contains("hinomi: "), "{context}");
        let context = line(&["demo", "--cases=5000000000"]);
        assert!(context.contains("範囲は 0..=4294967295 です"), "{context}");
        let context = line(&["demo", "--listen", "here"]);
        assert!(context.contains("127.0.0.1:8460"), "{context}");
        let context = line(&["show", "--from", "2026-11-01"]);
        assert!(context.contains("が必要です") && context.contains("is needed"), "{context}");
        let context = line(&["shw"]);
        assert!(context.contains("もしかすると: show"), "{context}");
    }

    #[test]
    fn what_speaks_one_language_says_in_both_which_command_failed() {
        assert_eq!(
            in_one_line("hinomi show", "指標はありません (no indicator)"),
            "指標はありません (no indicator)"
        );
        assert_eq!(
            in_one_line("hinomi restore", "opening /港区/x:\n  No such file"),
            "hinomi restore を実行できませんでした (unable to carry out hinomi restore): opening /港区/x:; No such file"
        );
    }
}
