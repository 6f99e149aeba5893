import { type Browser, chromium, type Page } from 'playwright-core'

/** Starts Debian's Chromium without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      // For the sizes of heaps to be exact.
      '--enable-precise-memory-info',
      '--js-flags=--expose-gc',
    ],
  })
}

/** How a page is looked at. */
export interface View {
  /** Pixels. Default: 1440. */
  readonly width?: number
  /** Pixels. Default: 1000. */
  readonly height?: number
  /** Default: light. */
  readonly theme?: 'light' | 'dark'
  /** A time zone such as `Asia/Tokyo`. Default: the machine's. */
  readonly timezone?: string
}

/** A page in the browser, and what went wrong in it. */
export interface Opened {
  readonly page: Page
  /** Errors of scripts, violations of the content security policy, and requests that failed. Should be empty. */
  readonly faults: string[]
}

/** Opens an address of a hub. Resolves when the page has loaded what it shows. */
export async function openPage(browser: Browser, url: string, view: View = {}): Promise<Opened> {
  const { width = 1440, height = 1_000, theme = 'light', timezone } = view
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    ...(timezone !== undefined && { timezoneId: timezone }),
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${message.text()} ${message.location().url}`)
  })
  // A busy machine takes its time.
  page.setDefaultTimeout(60_000)
  await page.goto(url)
  await page.waitForSelector('main[aria-busy="false"]', { state: 'attached' })
  return { page, faults }
}
