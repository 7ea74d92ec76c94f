/** Where the harness page is served while the browser tests run. */
export const harnessPort = 4198;
export const harnessUrl = `http://localhost:${harnessPort}/`;
