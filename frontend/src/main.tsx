import '@fontsource/noto-sans-sc/400.css';
import '@fontsource/noto-sans-sc/500.css';
import '@fontsource/noto-sans-sc/600.css';
import './styles/main.css';
import './styles/instrument.css';
import './styles/city.css';
import './styles/door.css';
import './styles/situation.css';
import './styles/nearest.css';
import './styles/manage.css';
import './styles/health.css';
import './styles/video.css';
import './styles/vehicle.css';
import './styles/replay.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { startLanguages } from './i18n';
import { keepAddress, parseAddress, restore } from './model/address';
import { api } from './model/session';
import { appStore } from './model/store';
import { comeBack } from './model/wayBack';
import { AppContext } from './panels/app';
import { Frame } from './panels/Frame';
import { Shell } from './panels/Shell';
import { Entrance } from './panels/signin/Entrance';
import { startScene } from './scene/scene';

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** City, areas and cameras: fetched once; each failure is told where it is missed. */
async function loadCity(): Promise<void> {
  const { setCity, setAreas, setCameras, setFault } = appStore.getState();
  const told = (part: 'city' | 'areas' | 'cameras') => (error: unknown) => setFault(part, reasonOf(error));
  await Promise.all([
    api.city().then(setCity, told('city')),
    api.areas().then(setAreas, told('areas')),
    api.cameras().then((list) => setCameras(list.cameras), told('cameras')),
  ]);
}

/** Settles once somebody may see the city. */
function signedIn(): Promise<void> {
  return new Promise((settle) => {
    const isIn = () => appStore.getState().door === 'in';
    if (isIn()) return settle();
    const stop = appStore.subscribe(() => {
      if (!isIn()) return;
      stop();
      settle();
    });
  });
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found;
}

async function start(): Promise<void> {
  appStore.getState().setLang(navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh');
  appStore.getState().setRefused(comeBack());
  restore(appStore, parseAddress(window.location.hash));
  await startLanguages(appStore.getState().lang);
  keepAddress(appStore, (hash) => history.replaceState(null, '', hash));
  createRoot(element('app')).render(
    <QueryClientProvider client={new QueryClient()}>
      <AppContext value={{ store: appStore, api }}>
        <Frame>
          <Entrance>
            <Shell />
          </Entrance>
        </Frame>
      </AppContext>
    </QueryClientProvider>,
  );
  await signedIn();
  // Both take their time, and neither needs the other to begin.
  startScene(element('scene'), appStore);
  await loadCity();
}

void start();
