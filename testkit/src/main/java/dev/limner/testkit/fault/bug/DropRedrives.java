package dev.limner.testkit.fault.bug;

import dev.limner.protocol.Result;

/** Results do not say that the job was sent again. */
public final class DropRedrives extends WrongResult {
    @Override
    void spoil(ResultDraft draft, Result mate) {
        draft.redrive = 0;
    }
}
