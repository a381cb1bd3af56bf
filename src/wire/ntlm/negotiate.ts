/** NTLM's first message in base64, which tells nothing of us and asks for the challenge ([MS-NLMP] §2.2.1.1, flags 0x00088207). */
export const NTLM_NEGOTIATE = 'TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=';
