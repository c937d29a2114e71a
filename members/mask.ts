import type { IdentifierKind, PersonKey } from "../core/model.ts";

/** Controls, bidi marks and other invisible characters could rewrite the line that they stand in. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

const first = (s: string, n: number): string => [...s].slice(0, n).join("");
const last = (s: string, n: number): string => [...s].slice(-n).join("");

/**
 * Enough of an identifier to recognise it, too little to write to it.
 *
 * @example maskIdentifier("email", "john@example.com") // "j•••@example.com"
 * @example maskIdentifier("phone", "+442079460018") // "+44•••18"
 */
export function maskIdentifier(kind: IdentifierKind, raw: string): string {
  const text = raw.trim().replace(INVISIBLE, "");
  switch (kind) {
    case "email": {
      const at = text.lastIndexOf("@");
      return at < 1 ? "•••" : `${first(text, 1)}•••@${first(text.slice(at + 1), 60)}`;
    }
    case "phone":
      return text.length < 8 ? "•••" : `${first(text, 3)}•••${last(text, 2)}`;
    case "customer_id":
      return text.length < 5 ? "•••" : `${first(text, 2)}•••${last(text, 1)}`;
  }
}

const WORDS = (
  "alder amber anvil apricot aspen aster badger basalt bay beacon birch bittern bluebell bracken bramble breeze brook " +
  "buckle cedar chalk cherry cinder clover cobalt comet copper coral cove crane creek curlew cypress dahlia dale delta " +
  "dipper dove drift dune dunlin eider elder elm ember falcon fennel fern finch fjord flint forge fossil foxglove gale " +
  "garnet ginger glade granite grebe grove gull harbour harrier hawthorn hazel heath heather heron hollow holly indigo " +
  "iris ivy jasper jay juniper kelp kestrel kite knot lagoon lantern larch lark laurel lichen lilac linden linnet lotus " +
  "lupin magpie mallow maple marble marsh martin meadow merlin mica mint moss myrtle nettle north nutmeg oak oasis ochre " +
  "olive onyx opal orchard oriole osprey otter owl pebble petrel pine pipit plover poplar poppy prairie quail quarry " +
  "quartz quill raven reed ridge robin rook rowan rush rye saffron sage sand sedge shale shore siskin slate sorrel sparrow " +
  "spruce starling stone stork storm summit swallow swan swift tamarind tansy teal tern thicket thistle thrush thyme tide " +
  "timber topaz tulip tundra umber valley violet wagtail walnut warbler weld wharf wheat whimbrel willow winter wren yarrow yew"
).split(" ");

/**
 * A stable, speakable name for a person on a screen without personal data. Not unique: it helps to follow a row.
 *
 * @example pseudonym(key) // "kestrel-41"
 */
export function pseudonym(key: PersonKey): string {
  const word = WORDS[Number.parseInt(key.slice(0, 8), 16) % WORDS.length];
  return `${word}-${(Number.parseInt(key.slice(8, 16), 16) % 90) + 10}`;
}
