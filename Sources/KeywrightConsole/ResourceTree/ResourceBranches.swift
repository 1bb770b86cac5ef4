import KeywrightDomain
import KeywrightOperations

/// A tree of resources as far as a page shows it.
struct ResourceBranches {
    /// A resource in the tree.
    struct Node {
        let nrn: NRN
        let name: String
        /// Whether it has a page that the visitor may open.
        let isReadable: Bool
        let hasChildren: Bool
        let isHit: Bool
    }

    /// The most resources that a page shows: more are found by search, or from level to level.
    static let limit = 250
    /// Up to so many resources everything is open.
    static let openLimit = 40

    private let nodes: [NRN: [Node]]
    /// The uppermost ones.
    let roots: [Node]
    /// Everything that is shown.
    let shown: [NRN]
    /// Whether all branches are open.
    let isOpen: Bool
    /// How many keys reach each of them; empty when the visitor reads none.
    var reach: [NRN: KeyReach] = [:]

    /// The whole tree, or its upper levels when there are many resources.
    init(_ tree: ResourceTree) {
        var all: [Node] = []
        for level in NRN.Level.allCases {
            let nodes = tree.nodes.filter { $0.resource.nrn.level == level }
            guard all.count + nodes.count <= Self.limit || all.isEmpty else { break }
            all += nodes.prefix(Self.limit).map {
                Node(
                    nrn: $0.resource.nrn, name: $0.resource.name, isReadable: $0.isReadable,
                    hasChildren: $0.hasChildren, isHit: false
                )
            }
        }
        self.init(all, isOpen: all.count <= Self.openLimit)
    }

    /// What a search found, with the way to each hit.
    init(_ hits: [ResourceHit], _ rights: Rights) {
        var all: [NRN: Node] = [:]
        for hit in hits {
            let nrn = hit.resource.nrn
            for (level, name) in zip(NRN.Level.allCases, hit.path) where level <= nrn.level {
                let place = nrn.cut(to: level)
                let isHit = place == nrn || all[place]?.isHit == true
                all[place] = Node(
                    nrn: place, name: name, isReadable: rights.reads(place), hasChildren: false, isHit: isHit
                )
            }
        }
        self.init(Array(all.values), isOpen: true)
    }

    private init(_ all: [Node], isOpen: Bool) {
        let known = Set(all.map(\.nrn))
        var nodes: [NRN: [Node]] = [:]
        var roots: [Node] = []
        let keys = Dictionary(all.map { ($0.nrn, Name.foldedKey($0.name)) }, uniquingKeysWith: { first, _ in first })
        let sorted = all.sorted {
            (keys[$0.nrn] ?? "", $0.nrn.id) < (keys[$1.nrn] ?? "", $1.nrn.id)
        }
        for node in sorted {
            if let parent = node.nrn.parent, known.contains(parent) {
                nodes[parent, default: []].append(node)
            } else {
                roots.append(node)
            }
        }
        self.nodes = nodes
        self.roots = roots
        shown = sorted.map(\.nrn)
        self.isOpen = isOpen
    }

    /// What is shown directly beneath a resource.
    func children(of node: Node) -> [Node] { nodes[node.nrn] ?? [] }
}
