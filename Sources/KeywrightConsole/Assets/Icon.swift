/// The product's mark: a key in a rounded square.
enum Icon {
    static let text = #"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">
        <rect width="32" height="32" rx="8" fill="#265bc5"/>
        <g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round">
        <circle cx="11.5" cy="20.5" r="4.5"/>
        <path d="m14.8 17.2 8.7-8.7M19.5 12.5l3.2 3.2M23 9l2 2"/>
        </g>
        </svg>
        """#
}
