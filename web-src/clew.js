// Only comfort: without it every page says the same and every form works. Everything that renews itself does so here.
import htmx from "htmx.org";
import "htmx-ext-sse";
import { copying } from "./copying.js";
import { keys } from "./keys.js";
import { lines } from "./lines.js";
import { lists } from "./lists.js";
import { live } from "./live.js";
import { menus } from "./menus.js";
import { times } from "./times.js";

Object.assign(htmx.config, {
  allowEval: false, // the policy of the pages forbids it
  allowScriptTags: false,
  includeIndicatorStyles: false,
  historyCacheSize: 0, // nothing of a page is kept in the browser after signing out
  selfRequestsOnly: true,
  scrollIntoViewOnBoost: false,
});

for (const begin of [copying, keys, lines, lists, live, menus, times]) begin();
