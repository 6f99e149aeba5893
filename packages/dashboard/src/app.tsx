import { LocationProvider, lazy, Route, Router, useLocation } from 'preact-iso'
import { useLayoutEffect } from 'preact/hooks'

import { Shell } from './shell/shell.tsx'
import { type App as State, AppContext } from './state/app.ts'

const Overview = lazy(() => import('./pages/overview/page.tsx'))
const Service = lazy(() => import('./pages/service/page.tsx'))
const Traces = lazy(() => import('./pages/traces/page.tsx'))
const Trace = lazy(() => import('./pages/trace/page.tsx'))
const Logs = lazy(() => import('./pages/logs/page.tsx'))
const Errors = lazy(() => import('./pages/errors/page.tsx'))
const Metrics = lazy(() => import('./pages/metrics/page.tsx'))
const Business = lazy(() => import('./pages/business/page.tsx'))
const Calls = lazy(() => import('./pages/map/page.tsx'))
const Alerts = lazy(() => import('./pages/alerts/page.tsx'))
const Hub = lazy(() => import('./pages/hub/page.tsx'))

/** All pages. A service's name may contain slashes, so that its page takes the rest of the path. */
export function App({ state }: { state: State }) {
  return (
    <AppContext.Provider value={state}>
      <LocationProvider>
        <Connection state={state} />
        <a class="skip" href="#main">
          Skip to the page
        </a>
        <Shell>
          <Router>
            <Route path="/" component={Overview} />
            <Route path="/services/:name+" component={Service} />
            <Route path="/traces" component={Traces} />
            <Route path="/traces/:id" component={Trace} />
            <Route path="/logs" component={Logs} />
            <Route path="/errors" component={Errors} />
            <Route path="/errors/:fingerprint" component={Errors} />
            <Route path="/explore" component={Metrics} />
            <Route path="/business" component={Business} />
            <Route path="/map" component={Calls} />
            <Route path="/alerts" component={Alerts} />
            <Route path="/hub" component={Hub} />
            <Route default component={Overview} />
          </Router>
        </Shell>
      </LocationProvider>
    </AppContext.Provider>
  )
}

/** Lets the address follow the router. */
function Connection({ state }: { state: State }) {
  const { url, route } = useLocation()
  useLayoutEffect(() => state.address.connect(url, route), [state, url, route])
  return null
}
