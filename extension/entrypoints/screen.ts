import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { startScreen } from '../screen/screen.ts';

// On call screens only, in a world of its own: it reads what it is told to, and shows the panel.
export default defineUnlistedScript(() => void startScreen());
