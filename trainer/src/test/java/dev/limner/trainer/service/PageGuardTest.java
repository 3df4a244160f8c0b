package dev.limner.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageGuardTest {
    @ParameterizedTest
    @CsvSource({"application/json", "application/json;charset=UTF-8", "Application/JSON"})
    void shouldLetProgrammesThatSendJsonChangeThings(String type) {
        assertThat(PageGuard.refusal("POST", type, null, null)).isEmpty();
        assertThat(PageGuard.refusal("POST", type, null, "none")).isEmpty();
    }

    /** What a page of another site may send without asking first. */
    @ParameterizedTest
    @CsvSource(
            value = {
                "NULL",
                "''",
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "text/plain;application/json",
                "application/jsonx"
            },
            nullValues = "NULL")
    void shouldTakeNothingButJson(@Nullable String type) {
        assertThat(PageGuard.refusal("POST", type, null, null))
                .map(PageGuard.Refusal::status)
                .contains(Response.Status.UNSUPPORTED_MEDIA_TYPE);
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "http://evil.example, cross-site",
                "http://localhost:8090, same-origin",
                "http://localhost:3000, same-site",
                "null, NONE",
                "http://evil.example, NONE",
                "NONE, cross-site"
            },
            nullValues = "NONE")
    void shouldTakeNothingFromAPage(@Nullable String origin, @Nullable String site) {
        for (String method : new String[] {"POST", "PUT", "DELETE", "PATCH"}) {
            assertThat(PageGuard.refusal(method, "application/json", origin, site))
                    .map(PageGuard.Refusal::status)
                    .contains(Response.Status.FORBIDDEN);
        }
    }

    @Test
    void shouldLetAnybodyRead() {
        assertThat(PageGuard.refusal("GET", null, "http://elsewhere.example", "cross-site"))
                .isEmpty();
    }
}
