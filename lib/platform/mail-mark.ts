/**
 * The mark, as mail shows it: components/ui/mark.tsx drawn at 56 pixels, in the colours of the light
 * theme. It travels with the mail and is named by its id, because mail programs show neither SVG
 * nor data: addresses, and a picture fetched from us would tell who reads.
 */
export const mailMark = {
	cid: "mark@gatehouse",
	filename: "gatehouse.png",
	contentType: "image/png",
	content: Buffer.from(
		"iVBORw0KGgoAAAANSUhEUgAAADgAAAA4CAYAAACohjseAAAGeklEQVR4nOyae0xTVxzHv7cPQDZQEATK2jrNXFYe" +
			"2ZyZUahKtswZXTIVF5w6nc4HglMUJy4m+2ebI1vYRNTMoaBjEF/4h4q6h5PRIm6Jm07dywiWjPqYsIIK2NK737lQ" +
			"AqWPe6VLVtNP0vSc3/n9zv1973nc05vK8JAjw0OOzwXyPD+hq6ur3G63HRQbQ76HKKaMYsfDxyjgc+x6jsNcgOuk" +
			"hIM4jrvvyZv58Lx9OsUEU+x5Mp2FD/kPBMq+oURZgRJGKn1OsYpKpYpS8ryGla0cZ2pqavq7J0Df49sT61t8LpBG" +
			"7JzVer9NLpeHVVSU7dSqVV08oKYRGkKtgo+SPhq1qp1qjRUV5fKMjAzQFG1TKuU/wcf4bA1qVapnNBrVUa1GxZ84" +
			"URXGbDpdwmjSNKZbXH8EG7UlJOhGs3pV1bEwFkt9HFGr48bBRwxaIE29J7XquMM0F87RiExnNoOhRmhLSkpGWHi4" +
			"21jWlpiYJJSNxu4Y6mOGjON+pD4PxcdHjcEgGZRAtTp2kULOX6LheKWv/fvqauGbpitSUlLdxqem6gWfvjG9cNws" +
			"uUx5iV0Dg+BBBcppbRXJOFkJJSh3bqQNBCbTNaHsSaCjraGhHmazeUA79a1g16DRLHjQXCUHRUVFhdEFv6W5lOXJ" +
			"z2AwCN96vd6tj6OtpqYGHuG4HFqbJ2NiYh6BRCQJjI6OfjR0iNJIF5zszdexDrXakWydDmhnNo1GK5RrjQZv3bG1" +
			"+UJIkLyW5QAJSBI4JERxkKZNkhhfJpAe4kJZP2nSgPZJk7vvEfMx1hohCg7JoSGK/ZCAaIE0RfJJ3FSx/m2trbh4" +
			"8RehnJIycJo6bOfP/yz4iobjptESeV+su0uB9NAtpM9WursjWF0TH5tOU+RtSMSxtthu6UxqavcGY/C2/lzBce9o" +
			"NLGvsiLLkeXKcnblOkAgBTxBO/dK+mTTGbHBYrEUDhseWYoHwNiztiIiIpCQkNhrT0hMxLBhEf18pBIZEbW7paWl" +
			"iOXIcmU5U+4jnf04ZwM5hdJZMouWxkaWG7Pdu3cPJSW7sfOzHWiVMp2I336/guDgYJw+fQptbXcEW1hYGKZMSUN7" +
			"ezt0T0l7lofT4WD5ipVYvHgJQkJCHOYWEriZxquIllE7PAl0QEIfvXnz+rvBwSG54T2nESauuHgndhV/Loj2RGho" +
			"KAo+2YKpU1/y6He4shKbNm0U1d+bS5dhyZKl6JuPzWbNHz48+j0SdsdVnNtNhgWMG/cs9KkTUFS0FXfv3hU6Xrs2" +
			"FwZjHd3FTBqZEJexiUlJqDp+0qs4xsxZswRfFuMKNkorMjOFa+bkrBNyYLkUbS0Uchs79mmZO3GCDnhAq4mrJ5eR" +
			"rMzWUWZmFha8vrB3aty6dQs7thehrOwLWK1WwbZ02XKsX78BSqUSUmDx+R9+gF27ioV6UFAQ5s9fgMyV2exwIdg6" +
			"Ojqwd08ptm/fBovln55Ivv6ayTwKUgXSLqXjILvkbI8eMQLZWauQMfc1IQmG2dwk3NG6ujM4cvS4MJ36Uv3HZfxQ" +
			"fxUX/uo+viXHa/Hc46MweYyunx+bpi/PmIaJE1OQlb0KsbFxgr2zsxMV5eU0k7bg9u3bA5O18rprZvOvkCZQlUeN" +
			"m921x8TEYs2atUifMwcKhaI3EbahOGiytCDryxJ8dfmCyz5e1CVj27w3oBoa0Wvr2wcb1QMH9qNwy6e4ceO6u1RA" +
			"x4k8k6kpH1IE0sO0khbiTHhBrdFg9eoczJ6d3s++90wN8iorYGn3vHkMHRKKj9LnYd74lH72ffv2YRuNWGNjI7zB" +
			"gz9kMpnTXbXJ3AdBDRE0mkzIXZeDlpbmXpudnjGltdVexTGYz27jaSHGQXNzM/I25IoS15Os21w97KLQQCR0AKZN" +
			"KLK3XvD1MZytvyI2HHVX/xRiHERGRgp9iod7zF2LO4FyuqGir0CvJvrViw3fQSpldQaPfXqGZ7uR3FWLS4HamBgN" +
			"5/ipLQKdrv9ueKPVAqk4xzj36QmWK/38infV5lIgH8yFQgJBTg/8+zYbpNLa0e6xT28oFHaXvxMDr+79nYBAfycg" +
			"0N8JCPR3AgL9nYBAfycg0N8JCPR3AgL9nYBAfycg0N956AW6/LehzSarl8nsaRBJWtrzi+hroaN+/K0NGCzU556C" +
			"go9Lxfrb7bIGV3bRb689wfO2RfSqfyF8CL1X38NxilIMEp8I/D8T2GT8nX8BAAD//z53oXMAAAAGSURBVAMActom" +
			"ijn5WoUAAAAASUVORK5CYII=",
		"base64",
	),
};
