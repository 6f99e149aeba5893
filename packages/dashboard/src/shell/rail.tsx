import { useApp } from '../state/app.ts'

const PAGES = [
  ['/', 'Overview'],
  ['/traces', 'Traces'],
  ['/logs', 'Logs'],
  ['/errors', 'Errors'],
  ['/explore', 'Metrics'],
  ['/business', 'Business'],
  ['/map', 'Map'],
  ['/alerts', 'Alerts'],
] as const

/** The rail on the left: the pages, the services by severity, the hub. */
export function Rail() {
  const { address } = useApp()
  const path = address.path.value
  return (
    <nav class="rail" aria-label="Main">
      <a class="brand" href={address.to('/')}>
        <svg
          viewBox="0 0 18 18"
          aria-hidden="true"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-linecap="round"
        >
          <circle cx="9" cy="9" r="4.75" />
          <path d="M.9 9h5.2M11.9 9h5.2" />
        </svg>
        Sightline
      </a>
      <ul class="pages">
        {PAGES.map(([href, text]) => (
          <li key={href}>
            <a href={address.to(href)} aria-current={isAt(path, href) ? 'page' : undefined}>
              {text}
            </a>
          </li>
        ))}
      </ul>
      <div class="foot">
        <ul>
          <li>
            <a href={address.to('/hub')} aria-current={path === '/hub' ? 'page' : undefined}>
              Hub
            </a>
          </li>
        </ul>
      </div>
    </nav>
  )
}

const isAt = (path: string, page: string) =>
  page === '/' ? path === '/' : path === page || path.startsWith(`${page}/`)
