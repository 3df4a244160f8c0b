package dev.limner.protocol.text;

import com.fasterxml.jackson.databind.JsonNode;

/** What one line of a file of JSON lines holds, or one element of a JSON array that is a whole file. Lines count from 1. */
public sealed interface JsonEntry {
    /** Where it begins. */
    int line();

    /** A JSON object, or what an array had as an element. */
    record Json(int line, JsonNode node) implements JsonEntry {}

    /** A line that is no JSON; the backslash that says so is gone. */
    record Plain(int line, String text) implements JsonEntry {}

    /**
     * Something that is neither.
     *
     * @param reason for people; does not name the line where it begins
     */
    record Fault(int line, String reason) implements JsonEntry {}
}
