import KeywrightDomain
import KeywrightOperations

/// The tree of resources, as `resources.mustache` describes it.
struct ResourcesModel: Encodable {
    /// One resource with what is below it, as `resource_node.mustache` describes it. Nothing in it is ever absent.
    struct Node: Encodable {
        let nodeLevel: String
        let nodeName: String
        let nodePath: String
        let nodeNRN: String
        let nodeKeys: String
        let isNodeReadable: Bool
        let isNodeHit: Bool
        let isNodeOpen: Bool
        let hasNodeChildren: Bool
        /// Whether there is more below it than the tree shows.
        let hasNodeMore: Bool
        let nodeChildren: [Node]
    }

    let searchText: String
    let searchError: String?
    let resultText: String?
    let hasNodes: Bool
    let nodes: [Node]

    /// - Parameter found: how many resources match; nil without a search.
    init(_ branches: ResourceBranches, search: String, found: Int?, isWholeKey: Bool) {
        searchText = search
        searchError =
            isWholeKey ? "That looks like a whole key. Search by the name of a resource instead." : nil
        resultText = found.map { count in
            if count >= Operations.searchLimit { return "The first \(count) resources that match" }
            return "\(count.of("resource")) \(count == 1 ? "matches" : "match")"
        }
        nodes = branches.roots.map { Node($0, branches) }
        hasNodes = !nodes.isEmpty
    }
}

extension ResourcesModel.Node {
    fileprivate init(_ node: ResourceBranches.Node, _ branches: ResourceBranches) {
        nodeLevel = node.nrn.level.name
        nodeName = node.name
        nodePath = ResourceAddress.path(of: node.nrn)
        nodeNRN = node.nrn.description
        nodeKeys = branches.reach[node.nrn].map { $0.all == 0 ? "No keys" : $0.all.of("key") } ?? "–"
        isNodeReadable = node.isReadable
        isNodeHit = node.isHit
        nodeChildren = branches.children(of: node).map { Self($0, branches) }
        hasNodeChildren = !nodeChildren.isEmpty
        isNodeOpen = branches.isOpen || node.nrn.level == .organization
        hasNodeMore = node.hasChildren && nodeChildren.isEmpty && node.isReadable
    }
}
