/**
 * A real name server on loopback, for the records that prove domains. It answers TXT questions by
 * UDP and TCP with what it was told, and can be told to fail.
 */
import type { AddressInfo } from "node:net";
import dns2 from "dns2";

export type NameServer = {
	/** As DNS_SERVERS takes it. */
	address: string;
	/** What TXT records each name has. A name that is not here does not exist. */
	records: Map<string, string[]>;
	/** Answers SERVFAIL from now on, or no more. */
	fail: (on: boolean) => void;
	/** The names asked for so far. */
	asked: string[];
	close: () => Promise<void>;
};

const { Packet } = dns2;

/** Starts one. @param port a free one unless said. */
export async function startNameServer(port = 0): Promise<NameServer> {
	const records = new Map<string, string[]>();
	const asked: string[] = [];
	let failing = false;
	const server = dns2.createServer({
		udp: true,
		handle: (request, send) => {
			const response = Packet.createResponseFromRequest(request);
			const [question] = request.questions;
			const name = (question?.name ?? "").toLowerCase();
			asked.push(name);
			const texts = records.get(name);
			if (failing) response.header.rcode = 2;
			else if (!texts) response.header.rcode = 3;
			else if (question?.type === Packet.TYPE.TXT)
				for (const data of texts)
					response.answers.push(
						Object.assign(new Packet.Resource(name, Packet.TYPE.TXT, Packet.CLASS.IN, 1), {
							// A string of a record holds 255 bytes; longer texts come in parts.
							data: data.match(/[\s\S]{1,255}/g) ?? [""],
						}),
					);
			send(response);
		},
	});
	await server.listen({ udp: { port, address: "127.0.0.1" } });
	const { udp } = server.addresses() as { udp?: AddressInfo };
	return {
		address: `127.0.0.1:${udp?.port}`,
		records,
		asked,
		fail: (on) => {
			failing = on;
		},
		close: async () => {
			await server.close();
		},
	};
}
