import KeywrightWire
import Testing

@Suite("The bodies of resources")
struct ResourceRequestTests {
    @Test(
        "name the parent by kind",
        arguments: [
            (ResourceEntity.account, "organization_id"), (.namespace, "account_id"), (.application, "namespace_id"),
            (.scope, "application_id"),
        ])
    func parent(_ entity: ResourceEntity, _ member: String) throws {
        let request = CreateResourceRequest(entity, name: "n", slug: "s", parentID: 4, status: "active")
        let body = #"{"name":"n","slug":"s","status":"active","\#(member)":4}"#
        #expect(try text(request) == body)
        #expect(try CreateResourceRequest.decode(json(body), as: entity) == request)
        let update = UpdateResourceRequest(entity, name: "n", slug: "s", parentID: 4, status: "active")
        #expect(try text(update) == body)
        #expect(try UpdateResourceRequest.decode(json(body), as: entity) == update)
    }

    @Test("need the parent but for an account, whose organization is the caller's")
    func parentPresence() throws {
        let body = try json(#"{"name":"n","id":9,"dimensions":{},"nrn":1,"slug":"","status":null}"#)
        #expect(try CreateResourceRequest.decode(body, as: .account) == CreateResourceRequest(.account, name: "n"))
        for entity in [ResourceEntity.namespace, .application, .scope] {
            #expect(throws: WireErrors.self) { try CreateResourceRequest.decode(body, as: entity) }
        }
        #expect(
            try UpdateResourceRequest.decode(body, as: .organization) == UpdateResourceRequest(.organization, name: "n")
        )
    }

    @Test("name every wrong field")
    func wrongFields() throws {
        let body = try json(#"{"name":1,"slug":2,"account_id":"x","status":3}"#)
        let pointers = ["/name", "/slug", "/account_id", "/status"]
        do throws(WireErrors) {
            _ = try CreateResourceRequest.decode(body, as: .namespace)
            Issue.record("The resource was taken.")
        } catch {
            #expect(error.errors.map(\.pointer) == pointers)
        }
        do throws(WireErrors) {
            _ = try UpdateResourceRequest.decode(body, as: .namespace)
            Issue.record("The resource was taken.")
        } catch {
            #expect(error.errors.map(\.pointer) == pointers)
        }
        #expect(throws: WireErrors.self) { try CreateResourceRequest.decode(json("{}"), as: .account) }
        #expect(throws: WireErrors.self) { try UpdateResourceRequest.decode(json("[]"), as: .account) }
    }

    @Test("leave an empty change alone")
    func emptyChange() throws {
        let change = try UpdateResourceRequest.decode(json(#"{"slug":"","application_id":0}"#), as: .scope)
        #expect(change == UpdateResourceRequest(.scope))
        #expect(try text(change) == "{}")
    }
}
