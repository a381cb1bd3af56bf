/** The memory that the messages of all sessions of a process share. */
export interface Room {
  /** The part of one session, empty at first. */
  share(): Share;
}

/** What one session holds of the room. */
export interface Share {
  /** Counts bytes that are to be held; false, and counts nothing, if there is no room for them. */
  hold(bytes: number): boolean;
  /** All that was held is held no more. */
  release(): void;
}

/** Makes a room of `most()` bytes, which may change while they are held. */
export function createRoom(most: () => number): Room {
  let all = 0;
  return {
    share() {
      let own = 0;
      return {
        hold(bytes) {
          if (all + bytes > most()) return false;
          all += bytes;
          own += bytes;
          return true;
        },
        release() {
          all -= own;
          own = 0;
        },
      };
    },
  };
}
