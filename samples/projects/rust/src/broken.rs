use crate::Replay;

pub fn total(replay: &Replay) -> u64 {
    let count: u64 = replay.len();
    let name: String = "replay";
    count + name.lenght()
}
