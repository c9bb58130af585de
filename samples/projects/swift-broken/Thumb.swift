struct Thumbnails {
    var sizes = [32, 64, 128]
    func size(at index: Int) -> Int { sizes[index] }
}

let thumbnails = Thumbnails()
for index in 0...3 {
    print("thumbnail \(index): \(thumbnails.size(at: index)) px")
}
