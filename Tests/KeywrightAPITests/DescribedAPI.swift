import KeywrightAPI
import KeywrightWire

/// The OpenAPI document as tests look at it.
struct DescribedAPI {
    /// A value of the document.
    struct Node {
        let value: JSONValue

        /// A member of an object; nil when there is none.
        subscript(name: String) -> Node? {
            guard case .object(let object) = value else { return nil }
            return object[name].map(Node.init)
        }

        var members: [(name: String, node: Node)] {
            guard case .object(let object) = value else { return [] }
            return object.members.map { ($0.name, Node(value: $0.value)) }
        }

        var elements: [Node] {
            guard case .array(let elements) = value else { return [] }
            return elements.map(Node.init)
        }

        var text: String? {
            guard case .string(let text) = value else { return nil }
            return text
        }

        /// The value and all values in it.
        var everything: [Node] {
            [self] + members.flatMap(\.node.everything) + elements.flatMap(\.everything)
        }
    }

    /// One method on one path.
    struct Operation: CustomStringConvertible {
        let method: String
        let path: String
        let node: Node
        let shared: [Node]

        var id: String? { node["operationId"]?.text }
        var isOpen: Bool { node["security"]?.elements.isEmpty == true }
        var description: String { "\(method.uppercased()) \(path)" }

        func parameters(in document: DescribedAPI) -> [Node] {
            (shared + (node["parameters"]?.elements ?? [])).map(document.resolve)
        }

        func answers(in document: DescribedAPI) -> [(status: Int, answer: Node)] {
            (node["responses"]?.members ?? []).map { (Int($0.name) ?? 0, document.resolve($0.node)) }
        }
    }

    let root: Node

    init() throws {
        let limits = JSONLimits(depth: 64, members: 200_000)
        root = Node(value: try StrictJSON.parse(OpenAPIDocument.json.utf8, limits: limits))
    }

    var operations: [Operation] {
        let methods: Set = ["get", "post", "put", "patch", "delete"]
        return (root["paths"]?.members ?? []).flatMap { path, item in
            item.members.filter { methods.contains($0.name) }.map { method, node in
                Operation(method: method, path: path, node: node, shared: item["parameters"]?.elements ?? [])
            }
        }
    }

    /// What a reference within the document leads to.
    func target(of reference: String) -> Node? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(root as Node?) { node, token in
            node?[String(token).replacing("~1", with: "/").replacing("~0", with: "~")]
        }
    }

    /// A value, or what it refers to.
    func resolve(_ node: Node) -> Node {
        node["$ref"]?.text.flatMap(target(of:)) ?? node
    }

    /// Whether an object or a schema below a value has a member of that name, references followed.
    func mentions(_ name: String, below node: Node) -> Bool {
        var seen: Set<String> = []
        var open = [node]
        while let node = open.popLast() {
            if let properties = node["properties"], properties[name] != nil { return true }
            if let reference = node["$ref"]?.text, seen.insert(reference).inserted, let target = target(of: reference) {
                open.append(target)
            }
            open += node.members.map(\.node) + node.elements
        }
        return false
    }
}
