import type { Toolset } from '../../commands/toolset.ts';
import { checks } from './checks.ts';
import { notificationList } from './notification-list.ts';

export const notification: Toolset = {
  name: 'notification',
  onRequest: true,
  about: 'Who is told about releases and deliveries, and whether the messages arrive',
  guidance:
    'notification_list shows each receiver of the settings file, its last delivery and why messages wait or were given up. A receiver that does not answer never holds a release.',
  commands: [notificationList],
  rights: [],
  resources: [],
  prompts: [],
  checks,
  settings: {},
};
