/** A text as a literal that nothing in it can end, whatever the sql_mode. @example textLiteral("a'b") // _utf8mb4 0x612762 */
export const textLiteral = (text: string): string =>
  text === "" ? "_utf8mb4 ''" : `_utf8mb4 0x${Buffer.from(text, "utf8").toString("hex")}`;
