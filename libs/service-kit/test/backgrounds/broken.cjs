throw new Error('the background cannot start');
