//! The word that it is time to stop: said once, heard by every task and every blocking job.

use std::sync::Arc;

use tokio::sync::watch;

#[derive(Clone, Debug)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    pub fn say(&self) {
        self.0.send_replace(true);
    }

    pub fn said(&self) -> bool {
        *self.0.borrow()
    }

    /// For those who wait for several things at once: true once the word is said.
    pub fn ear(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }

    /// Waits for the word.
    pub async fn heard(&self) {
        let mut ear = self.0.subscribe();
        // The sender lives in self, so the wait can only end by the word.
        let _ = ear.wait_for(|said| *said).await;
    }

    /// Sleeps, unless the word comes first; false if it came.
    pub async fn sleep(&self, time: std::time::Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(time) => !self.said(),
            () = self.heard() => false,
        }
    }
}
