package dev.limner.testkit.fault.bug;

import dev.limner.protocol.Result;

/** Results carry the tenant of another job of their batch. */
public final class MixTenants extends WrongResult {
    @Override
    void spoil(ResultDraft draft, Result mate) {
        draft.tenant = mate.tenant();
    }
}
