package io.augserve.examples.openai;

import com.google.gson.JsonObject;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.EngineSpec;
import java.util.Optional;

/**
 * The model that is served.
 *
 * @param id by which clients ask for it
 * @param created seconds since 1970, when the endpoint was opened
 * @param spec what its engine can do
 * @param format how its tokens are read
 */
record ModelCard(String id, long created, EngineSpec spec, Optional<ChatFormat> format) {
    /** As {@code /v1/models} lists it. */
    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("id", id);
        json.addProperty("object", "model");
        json.addProperty("created", created);
        json.addProperty("owned_by", "augserve");
        json.addProperty("max_model_len", spec.maxContext());
        return json;
    }

    /**
     * Checks that a request asks for this model.
     *
     * @throws ApiException if it asks for none or another one
     */
    void require(Fields body) {
        String asked = body.requiredString("model");
        if (!asked.equals(id)) {
            throw ApiException.unknownModel(asked, id);
        }
    }
}
