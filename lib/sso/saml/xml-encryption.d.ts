/** What is used of a library that has no types of its own. */
declare module "xml-encryption" {
	type Done = (error: Error | null, result: string) => void;
	export function decrypt(
		xml: string,
		options: {
			key: string;
			disallowDecryptionWithInsecureAlgorithm?: boolean;
			warnInsecureAlgorithm?: boolean;
		},
		done: Done,
	): void;
	export function encrypt(
		content: string,
		options: {
			rsa_pub: string;
			pem: string;
			encryptionAlgorithm: string;
			keyEncryptionAlgorithm: string;
			disallowEncryptionWithInsecureAlgorithm?: boolean;
			warnInsecureAlgorithm?: boolean;
		},
		done: Done,
	): void;
}
