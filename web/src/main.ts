/**
 * Starts the application: looks are applied before anything is drawn, then the session is asked for.
 */
import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { clock } from '$lib/state/clock.svelte';
import { preferences } from '$lib/state/preferences.svelte';
import { session } from '$lib/state/session.svelte';

preferences.apply();
clock.start();
void session.resume();

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element with id "app"');

export default mount(App, { target });
