// Sends the same few calls with one real client: node send.mjs CLIENT URL KEY. Prints {"errors": [...]}.
import { Analytics } from "@segment/analytics-node";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { PostHog } from "posthog-node";
import { CloudEvent, emitterFor, httpTransport, Mode } from "cloudevents";

const [client, url, key] = process.argv.slice(2);
const errors = [];
const note = (error) => errors.push(String(error?.reason ?? error?.message ?? error));
process.on("unhandledRejection", note); // RudderStack's client sends its first call by itself
const event = { event: "deal won", properties: { amount: 12.5, plan: "gold" } };

const senders = {
  async segment() {
    const analytics = new Analytics({ writeKey: key, host: url, maxRetries: 3, flushInterval: 50 });
    analytics.on("error", note);
    analytics.identify({ userId: "u1", traits: { email: "ada@example.com" } });
    analytics.group({ userId: "u1", groupId: "acme", traits: { name: "Acme" } });
    analytics.track({ userId: "u1", ...event });
    analytics.page({ anonymousId: "a1", name: "Pricing" });
    analytics.screen({ anonymousId: "a1", name: "Home" });
    analytics.alias({ userId: "u1", previousId: "a1" });
    await analytics.closeAndFlush({ timeout: 20000 });
  },
  async rudderstack() {
    const analytics = new RudderAnalytics(key, { dataPlaneUrl: url, flushAt: 20, flushInterval: 50 });
    const sent = (send) => send.then?.(() => {}, note);
    analytics.identify({ userId: "u1", traits: { email: "ada@example.com" } });
    analytics.group({ userId: "u1", groupId: "acme", traits: { name: "Acme" } });
    analytics.track({ userId: "u1", ...event });
    analytics.page({ anonymousId: "a1", name: "Pricing" });
    analytics.screen({ anonymousId: "a1", name: "Home" });
    analytics.alias({ userId: "u1", previousId: "a1" });
    await sent(analytics.flush());
  },
  async posthog() {
    const posthog = new PostHog(key, { host: url, flushAt: 20, flushInterval: 50, fetchRetryDelay: 50 });
    posthog.on("error", note);
    posthog.identify({ distinctId: "u1", properties: { email: "ada@example.com" } });
    posthog.groupIdentify({ groupType: "company", groupKey: "acme", properties: { name: "Acme" } });
    posthog.capture({ distinctId: "u1", ...event, groups: { company: "acme" } });
    posthog.alias({ distinctId: "u1", alias: "a1" });
    await posthog.shutdown();
  },
  async cloudevents() {
    const told = (id) => new CloudEvent({ id, type: "deal won", source: "/crm", subject: "acme", data: event.properties });
    const headers = { headers: { "x-write-key": key } };
    for (const [id, mode] of [["c1", Mode.BINARY], ["c2", Mode.STRUCTURED]]) {
      await emitterFor(httpTransport(`${url}/v1/cloudevents`), { mode })(told(id), headers).then((answer) => {
        if (JSON.parse(answer.body).success !== true) note(new Error(answer.body));
      }, note);
    }
  },
};

await senders[client]().catch(note);
console.log(JSON.stringify({ errors }));
