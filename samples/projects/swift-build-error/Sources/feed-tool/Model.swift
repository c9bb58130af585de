struct Model: Codable { var id: Int; var owner: Owner }
