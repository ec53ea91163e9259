import { describe, expect, it } from 'vitest';
import { notificationText } from '../../../cli/laptop/notification.ts';

describe('notificationText', () => {
  it('says what an alarm means and why it rings', () => {
    const message = JSON.stringify({
      AlarmName: 'drift',
      AlarmDescription: 'A feature moved.',
      NewStateValue: 'ALARM',
      NewStateReason: '0.4 was greater than 0.25',
    });

    expect(notificationText('ALARM: "drift"', message)).toBe(
      '\n  ! drift is in ALARM\n    A feature moved.\n    0.4 was greater than 0.25\n',
    );
  });

  it('leaves any other message as it is', () => {
    expect(notificationText('Job failed', 'train\nexit code 2')).toBe(
      '\n  ! Job failed\n    train\n    exit code 2\n',
    );
  });
});
