/** The version of client and engine: Debian 12's. */
export const RELEASE = "20.10.24+dfsg1";
/** The version of the Engine API that both speak. */
export const API_VERSION = "1.41";
