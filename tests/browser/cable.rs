//! A network cable between a browser and a server. Cut, it says nothing to either: no reset, no goodbye.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::hall::Server;

pub struct Cable {
    port: u16,
    cut: Arc<AtomicBool>,
}

impl Cable {
    pub fn to(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let cut = Arc::new(AtomicBool::new(false));
        let (is_cut, target) = (cut.clone(), server.port());
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let Ok(near) = near else { return };
                let Ok(far) = TcpStream::connect(("127.0.0.1", target)) else { continue };
                let (Ok(near_in), Ok(far_in)) = (near.try_clone(), far.try_clone()) else { continue };
                carry(near_in, far, is_cut.clone());
                carry(far_in, near, is_cut.clone());
            }
        });
        Self { port, cut }
    }

    pub fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, cut: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 16 << 10];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            // What is on the way waits for the cable.
            while cut.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(100));
            }
            if to.write_all(&buffer[..read]).is_err() {
                return;
            }
        }
        drop(to.shutdown(std::net::Shutdown::Both));
    });
}
