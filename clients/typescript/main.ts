// Uses a cluster through types that openapi-typescript made: lists, creates, pages, deletes, and reads
// why something was refused. `ARSENAL_URL` and `ARSENAL_TOKEN` say where; see clients/README.md.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const { ARSENAL_URL: baseUrl, ARSENAL_TOKEN: token } = process.env;
assert(baseUrl && token, "ARSENAL_URL and ARSENAL_TOKEN are needed");
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

/** The answer; a refusal is a problem document, and ends the program. */
function answered<T>(outcome: { data?: T; error?: components["schemas"]["Problem"] }): T {
  assert(outcome.data !== undefined, outcome.error?.detail);
  return outcome.data;
}

const topology = answered(await client.GET("/api/v1/cluster/topology"));
console.log("nodes:", topology.nodes.map((node) => node.name).join(", "));
assert.equal(topology.nodes.length, 3);

const sandbox = answered(
  await client.POST("/api/v1/cluster/sandboxes", {
    body: { name: "typescript", children: [{ blueprint: "counter", count: 4 }] },
  }),
);
console.log(`created ${sandbox.id} on ${sandbox.shares.length} nodes`);

const counters = new Set<string>();
for (let cursor: string | undefined; ; ) {
  const query = { type: "Counter", limit: 2, ...(cursor ? { cursor } : {}) };
  const page = answered(await client.GET("/api/v1/cluster/processes", { params: { query } }));
  assert(page.data.items.length <= 2);
  for (const process of page.data.items) counters.add(process.pid);
  cursor = page.data.next_cursor ?? undefined;
  if (!cursor) break;
}
console.log(`${counters.size} counters on pages of two`);
assert(counters.size >= 4);

const path = { id: sandbox.id };
const deleted = answered(
  await client.DELETE("/api/v1/cluster/sandboxes/{id}", { params: { path } }),
);
console.log(`deleted it: ${deleted.stopped} processes ended`);
assert.equal(deleted.stopped, 4);

const { error } = await client.GET("/api/v1/cluster/sandboxes/{id}", { params: { path } });
assert(error, "it is gone");
console.log(`asked again: ${error.status} ${error.code}, ${error.detail}`);
assert.equal(error.code, "not_found");
