//! What became known on which day: the rows that nowcasts are made of.

use hinomi::store::{AsOf, BatchId};
use jiff::SignedDuration;

use super::room::{KEYED, Room};

const SHOW: &str = "SELECT reported_day, known_day, CAST(sum(delta) AS BIGINT) AS n FROM cases_changes
    GROUP BY reported_day, known_day HAVING sum(delta) <> 0 ORDER BY reported_day, known_day";

#[test]
fn first_loads_are_silent_and_corrections_are_taken_back_on_their_day() {
    let room = Room::new();
    let next_day = || room.clock.set(room.clock.now() + SignedDuration::from_hours(24));
    room.accept(KEYED, "id,disease,sex,day\n100001,covid,M,2022-01-01\n");
    next_day();
    room.accept(KEYED, "id,disease,sex,day\n100001,covid,M,2022-01-01\n100002,covid,F,2022-01-01\n");
    next_day();
    // The second moves to another day, the first is withdrawn: how it came to be known is not known.
    room.accept(KEYED, "id,disease,sex,day\n100002,covid,F,2022-01-02\n");
    let second_day = ["2022-01-01|2022-01-02|1"];
    assert_eq!(room.rows(SHOW, AsOf::Batch(BatchId(1))), Vec::<String>::new());
    assert_eq!(room.rows(SHOW, AsOf::Batch(BatchId(2))), second_day);
    let now = ["2022-01-01|2022-01-02|1", "2022-01-01|2022-01-03|-1", "2022-01-02|2022-01-03|1"];
    assert_eq!(room.rows(SHOW, AsOf::Latest), now);
    assert_eq!(room.rows(SHOW, AsOf::Batch(BatchId(3))), now);
    room.store.rebuild(&|_| {}).unwrap();
    assert_eq!(room.rows(SHOW, AsOf::Latest), now);
    assert_eq!(room.rows(SHOW, AsOf::Batch(BatchId(2))), second_day);
}
