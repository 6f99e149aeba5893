import { Page } from '../../shell/page.tsx'

export default function BusinessPage() {
  return <Page title="Business">{null}</Page>
}
