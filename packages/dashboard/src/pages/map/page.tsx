import { Page } from '../../shell/page.tsx'

export default function MapPage() {
  return <Page title="Map">{null}</Page>
}
