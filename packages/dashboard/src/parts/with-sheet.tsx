import type { ComponentChildren } from 'preact'

/**
 * The content of a page, and a side sheet beside it while there is one. The content is not rendered anew when the sheet opens.
 *
 * @example <WithSheet sheet={span && <Sheet title={span.name} onClose={close}>...</Sheet>}>...</WithSheet>
 */
export function WithSheet({ sheet, children }: { sheet: ComponentChildren; children: ComponentChildren }) {
  const isOpen = sheet !== undefined && sheet !== null && sheet !== false
  return (
    <div class={isOpen ? 'withsheet' : ''}>
      <div class={isOpen ? 'main-part' : ''}>{children}</div>
      {sheet}
    </div>
  )
}
