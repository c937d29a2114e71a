/** Numbers of the sections of a WebAssembly module: 10 is code, 11 data. */
export function sectionsOf(bytes: Uint8Array): number[] {
  const sections: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    sections.push(bytes[at] as number);
    let length = 0;
    let shift = 0;
    for (at++; ; shift += 7) {
      const b = bytes[at++] as number;
      length |= (b & 127) << shift;
      if (b < 128) break;
    }
    at += length;
  }
  return sections;
}
