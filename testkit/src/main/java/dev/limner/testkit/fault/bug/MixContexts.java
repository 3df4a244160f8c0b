package dev.limner.testkit.fault.bug;

import dev.limner.protocol.Result;

/** Results carry the context of another job of their batch. */
public final class MixContexts extends WrongResult {
    @Override
    void spoil(ResultDraft draft, Result mate) {
        draft.context = mate.context();
    }
}
