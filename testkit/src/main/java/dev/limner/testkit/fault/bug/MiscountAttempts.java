package dev.limner.testkit.fault.bug;

import dev.limner.protocol.Result;

/** Results count one attempt too many. */
public final class MiscountAttempts extends WrongResult {
    @Override
    void spoil(ResultDraft draft, Result mate) {
        draft.attempts++;
    }
}
