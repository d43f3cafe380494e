//! Another package: the order does not reach it, promises do.
fn main() {
    println!("fine");
    unimplemented!()
}
