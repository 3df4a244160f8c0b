package dev.limner.testkit.fault.bug;

import dev.limner.protocol.Result;

/** Results carry no group. */
public final class DropGroups extends WrongResult {
    @Override
    void spoil(ResultDraft draft, Result mate) {
        draft.group = null;
    }
}
