//! How many files the process may have open. Each connection is one of them, and each display holds one.

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::config::Connections;

/// Kept from the connections: the database, the archive, deliveries, the control socket.
const OWN: u64 = 256;
/// Kept, of the connections, from the displays: pages, questions, health checks.
const PAGES: usize = 64;
/// More is never asked for; a limit may be "unlimited".
const MOST: u64 = 1 << 20;

/// What the limit leaves room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Open files that the system allows.
    pub files: u64,
    pub connections: usize,
    pub displays: usize,
}

impl Room {
    const fn of(files: u64) -> Self {
        // A small limit is shared out instead of used up.
        let own = if files / 4 < OWN { files / 4 } else { OWN };
        let connections = (files - own) as usize;
        Self { files, connections, displays: connections - Self::pages(connections) }
    }

    const fn pages(connections: usize) -> usize {
        if connections / 8 < PAGES { connections / 8 } else { PAGES }
    }

    /// Of it what the settings allow.
    pub fn within(self, limits: Connections) -> Self {
        let connections = limits.most.map_or(self.connections, |most| most.min(self.connections));
        let displays = connections - Self::pages(connections);
        let displays = limits.displays.map_or(displays, |most| most.min(displays));
        Self { connections, displays, ..self }
    }
}

/// Raises the soft limit to the hard one, and says what that leaves room for.
pub fn raise() -> Room {
    let before = getrlimit(Resource::Nofile);
    let mut raised = before;
    raised.current = before.maximum;
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => raised.current,
        Err(why) => {
            tracing::warn!(%why, "unable to raise the number of open files");
            before.current
        }
    };
    Room::of(current.unwrap_or(MOST).min(MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_the_database_always_have_room() {
        for files in [4, 64, 300, 1024, 20_000, MOST] {
            let room = Room::of(files);
            assert!(room.connections as u64 <= files - files / 4 || files - room.connections as u64 == OWN);
            assert!(room.displays <= room.connections, "{room:?}");
        }
        assert_eq!(Room::of(1024), Room { files: 1024, connections: 768, displays: 704 });
        assert_eq!(Room::of(20_000), Room { files: 20_000, connections: 19_744, displays: 19_680 });
    }

    #[test]
    fn settings_take_of_the_room_and_add_none() {
        let room = Room::of(1024);
        let limits = Connections::default();
        assert_eq!(room.within(limits), room);
        let few = room.within(Connections { most: Some(80), displays: Some(9), ..limits });
        assert_eq!(few, Room { files: 1024, connections: 80, displays: 9 });
        let many = room.within(Connections { most: Some(1 << 30), displays: Some(1 << 30), ..limits });
        assert_eq!(many, room);
    }

    #[test]
    fn the_soft_limit_becomes_the_hard_one() {
        let room = raise();
        let now = getrlimit(Resource::Nofile);
        assert_eq!(now.current, now.maximum);
        assert_eq!(room.files, now.current.unwrap_or(MOST).min(MOST));
    }
}
