/**
 * Slack's limits on messages, as far as Plumbline uses blocks. Types alone do not keep them.
 * @see https://docs.slack.dev/reference/block-kit/blocks (read 2026-11-23)
 */
type Json = Readonly<Record<string, unknown>>;

const isRecord = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);
const length = (v: unknown): number => (typeof v === "string" ? [...v].length : -1);

/** Problems as Slack words them in `response_metadata.messages`; empty: all is well. */
export function blockProblems(blocks: unknown): string[] {
  if (!Array.isArray(blocks)) return ["[ERROR] must be an array [json-pointer:/blocks]"];
  const problems: string[] = [];
  const say = (what: string, at: string): void => {
    problems.push(`[ERROR] ${what} [json-pointer:/blocks${at}]`);
  };
  if (blocks.length > 50) say("no more than 50 items allowed", "");
  const list: readonly unknown[] = blocks;
  for (const [i, block] of list.entries()) {
    if (!isRecord(block)) say("must be an object", `/${i}`);
    else checkBlock(block, `/${i}`, say);
  }
  return problems;
}

type Say = (what: string, at: string) => void;

function checkBlock(block: Json, at: string, say: Say): void {
  if (block.block_id !== undefined && (length(block.block_id) < 1 || length(block.block_id) > 255)) {
    say("must be less than 256 characters", `${at}/block_id`);
  }
  switch (block.type) {
    case "header":
      checkText(block.text, `${at}/text`, say, 150, ["plain_text"]);
      return;
    case "section":
      if (block.text === undefined && block.fields === undefined)
        say("missing required field: text or fields", at);
      if (block.text !== undefined) checkText(block.text, `${at}/text`, say, 3000);
      if (block.fields !== undefined)
        checkList(block.fields, `${at}/fields`, say, 10, (f, p) => checkText(f, p, say, 2000));
      if (block.accessory !== undefined) checkElement(block.accessory, `${at}/accessory`, say);
      return;
    case "context":
      checkList(block.elements, `${at}/elements`, say, 10, (e, p) => {
        if (isRecord(e) && e.type === "image") checkImage(e, p, say);
        else checkText(e, p, say, 3000);
      });
      return;
    case "actions":
      checkList(block.elements, `${at}/elements`, say, 25, (e, p) => checkElement(e, p, say));
      return;
    case "rich_text":
      checkList(block.elements, `${at}/elements`, say, 100, (e, p) => checkRich(e, p, say));
      return;
    case "image":
      checkImage(block, at, say);
      return;
    case "divider":
      return;
    default:
      say(`unsupported type: ${String(block.type)}`, `${at}/type`);
  }
}

function checkList(
  list: unknown,
  at: string,
  say: Say,
  most: number,
  each: (item: unknown, at: string) => void,
): void {
  if (!Array.isArray(list) || list.length === 0) {
    say("must have at least 1 item", at);
    return;
  }
  if (list.length > most) say(`no more than ${most} items allowed`, at);
  const items: readonly unknown[] = list;
  for (const [i, item] of items.entries()) each(item, `${at}/${i}`);
}

function checkText(
  text: unknown,
  at: string,
  say: Say,
  most: number,
  types: readonly string[] = ["plain_text", "mrkdwn"],
): void {
  if (!isRecord(text) || typeof text.type !== "string" || !types.includes(text.type)) {
    say(`unsupported type: ${isRecord(text) ? String(text.type) : typeof text}`, at);
    return;
  }
  if (length(text.text) < 1) say("must be more than 0 characters", `${at}/text`);
  if (length(text.text) > most) say(`must be less than ${most + 1} characters`, `${at}/text`);
  if (text.emoji !== undefined && text.type !== "plain_text") say("additional property: emoji", at);
}

function checkElement(element: unknown, at: string, say: Say): void {
  if (!isRecord(element)) {
    say("must be an object", at);
    return;
  }
  if (length(element.action_id) > 255) say("must be less than 256 characters", `${at}/action_id`);
  if (element.type !== "button") return;
  checkText(element.text, `${at}/text`, say, 75, ["plain_text"]);
  if (length(element.value) > 2000) say("must be less than 2001 characters", `${at}/value`);
  if (
    element.url !== undefined &&
    (length(element.url) > 3000 || !/^https?:\/\//.test(String(element.url)))
  ) {
    say("must be a valid url", `${at}/url`);
  }
  if (element.style !== undefined && element.style !== "primary" && element.style !== "danger")
    say("unsupported style", `${at}/style`);
}

function checkImage(image: Json, at: string, say: Say): void {
  if (length(image.alt_text) < 1 || length(image.alt_text) > 2000)
    say("missing required field: alt_text", at);
  if (typeof image.image_url !== "string" && !isRecord(image.slack_file))
    say("missing required field: image_url", at);
}

function checkRich(element: unknown, at: string, say: Say): void {
  const kinds = ["rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"];
  if (!isRecord(element) || typeof element.type !== "string" || !kinds.includes(element.type)) {
    say("unsupported type", `${at}/type`);
    return;
  }
  if (!Array.isArray(element.elements)) {
    say("missing required field: elements", at);
    return;
  }
  const items: readonly unknown[] = element.elements;
  for (const [i, item] of items.entries()) {
    const where = `${at}/elements/${i}`;
    if (element.type === "rich_text_list") checkRich(item, where, say);
    else if (!isRecord(item)) say("must be an object", where);
    else if (item.type === "text" && length(item.text) < 1)
      say("must be more than 0 characters", `${where}/text`);
    else if (item.type === "link" && !/^(https?|mailto):/.test(String(item.url)))
      say("must be a valid url", `${where}/url`);
  }
}
