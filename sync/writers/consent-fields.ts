const WORDS =
  /consent|subscri|opt[_ -]?(in|out)|optin|optout|suppress|mailable|contactable|do[_ -]?not|\bdnc\b|no[_ -]?mail|newsletter|permission|gdpr|complain|bounce|erase|unsub/i;

/** Does this name say whether a person may be contacted? Such a field, column or label is never `set`. */
export const bearsConsent = (name: string): boolean => WORDS.test(name);

const ALLOWS =
  /^(?!.*(un|non|not|no)[_ -]?)(.*(consent|subscri|opt[_ -]?in|optin|mailable|contactable|permission|newsletter)).*$/i;
const FORBIDS = /unsub|opt[_ -]?out|optout|suppress|do[_ -]?not|\bdnc\b|no[_ -]?mail|complain|erase/i;
const YES = /^(t|true|y|yes|1|on|subscribed|opted[_ -]?in|opt[_ -]?in|granted|confirmed|active)$/i;
const NO = /^(f|false|n|no|0|off|subscribed|active)$/i;

/**
 * Would writing `value` into `column` let people be contacted? Judged by effect: `mailable = true` does, and so does
 * `do_not_contact = false`, whatever the operation is called.
 */
export function loosens(column: string, value: string): boolean {
  const v = value.trim();
  if (FORBIDS.test(column)) return NO.test(v);
  return (ALLOWS.test(column) || /status|state/i.test(column)) && YES.test(v);
}
