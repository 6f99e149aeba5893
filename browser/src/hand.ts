import type { Locator, Page } from 'playwright-core'

/** A person at a page, whose clicks are counted. A drag is a click. Keys are not. */
export interface Hand {
  readonly clicks: number
  /** Clicks an element, or a point of it in pixels from its top left. */
  click(element: Locator, at?: { readonly x: number; readonly y: number }): Promise<void>
  /** Drags over an element from one share of its width to another one, at half of its height. */
  drag(element: Locator, from: number, to: number): Promise<void>
}

/** Gives a page a hand. */
export function handOn(page: Page): Hand {
  let clicks = 0
  return {
    get clicks() {
      return clicks
    },
    async click(element, position) {
      clicks++
      await element.click(position === undefined ? {} : { position })
    },
    async drag(element, from, to) {
      clicks++
      await element.scrollIntoViewIfNeeded()
      const box = await boxOf(element)
      const y = box.y + box.height / 2
      await page.mouse.move(box.x + from * box.width, y)
      await page.mouse.down()
      await page.mouse.move(box.x + to * box.width, y, { steps: 4 })
      await nextFrame(page)
      await page.mouse.up()
    },
  }
}

/** A place of an element where the pointer becomes a hand: something that can be opened is there. Searches from its right. */
export async function pressable(
  page: Page,
  element: Locator,
): Promise<{ readonly x: number; readonly y: number }> {
  await element.scrollIntoViewIfNeeded()
  const box = await boxOf(element)
  for (let x = box.width - 6; x > 44; x -= 6)
    for (let y = 14; y < box.height - 18; y += 12) {
      await page.mouse.move(box.x + x, box.y + y)
      await nextFrame(page)
      if ((await element.evaluate((plot) => getComputedStyle(plot).cursor)) === 'pointer') return { x, y }
    }
  throw new Error('nothing in the element can be pressed')
}

/** Presses Tab until an element has the focus. */
export async function tabTo(page: Page, element: Locator): Promise<void> {
  await element.waitFor()
  for (let stops = 0; stops < 300; stops++) {
    if (await element.evaluate((node) => node === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never comes to ${String(element)}`)
}

/** Pastes a text where the focus is, as people do. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
  await page.keyboard.press('ControlOrMeta+v')
}

/** Charts are drawn with the next frame. */
export function nextFrame(page: Page): Promise<unknown> {
  return page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  )
}

async function boxOf(element: Locator) {
  const box = await element.boundingBox()
  if (box === null) throw new Error(`${String(element)} cannot be seen`)
  return box
}
