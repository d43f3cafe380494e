fn main() {
    println!("{}", mappale::cli::run());
}
