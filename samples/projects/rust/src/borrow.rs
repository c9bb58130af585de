pub fn longest(names: &mut Vec<String>) -> String {
    let first = &names[0];
    names.push(String::from("end"));
    let moved = names;
    println!("{}", first);
    drop(*moved);
    first.clone()
}
