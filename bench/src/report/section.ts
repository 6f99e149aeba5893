/**
 * A document with a new text between the markers of a section.
 *
 * @throws {Error} if the document has no markers for it
 */
export function withSection(document: string, name: string, section: string): string {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from < 0 || to < from)
    throw new Error(`the document has no place for ${name}: it needs ${begin} and ${end}`)
  return `${document.slice(0, from + begin.length)}\n\n${section}\n\n${document.slice(to)}`
}
