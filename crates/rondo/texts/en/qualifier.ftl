# Who reads replies, and from which probability on a label is acted on.

qualifier-title = Qualifier
qualifier-about = It reads each reply and says what it means, and how sure it is. What is certain enough is acted on; everything else goes to <a href="/reviews">review</a>, where a person decides.

qualifier-who = Who reads replies
qualifier-kind = Kind
qualifier-embedded = Embedded
qualifier-embedded-hint = The model in this program. No reply leaves the server.
qualifier-openai = OpenAI and alike
qualifier-openai-hint = OpenAI, or any endpoint that speaks as it does: https://api.openai.com/v1
qualifier-anthropic = Anthropic
qualifier-anthropic-hint = Anthropic: https://api.anthropic.com
qualifier-ollama = Ollama
qualifier-ollama-hint = Ollama, beside this server: http://127.0.0.1:11434
qualifier-key-goes = To save with “Embedded” deletes the API key that is known.

qualifier-model-title = The language model
qualifier-base-url = Base URL
qualifier-base-url-hint = Where the endpoint is.
qualifier-model = Model
qualifier-model-hint = By the name that the endpoint knows it by.
qualifier-key = API key
qualifier-key-hint = Kept encrypted, and never shown again. Empty where the endpoint asks for none.
qualifier-key-keep = Leave empty to keep the one that is known, if kind and URL stay.
qualifier-veto = The embedded model reads each reply too: nobody is handed over or closed against its veto.

qualifier-when = When a person decides
qualifier-when-about = How sure the qualifier must be to act on a label without a person: 50 to 100 per cent, or as found in training, which can be less. 100: never without a person. Questions always go to a person.
qualifier-trained = Trained: { $percent } %, which holds while this is empty
# What is wrong with a threshold: “This is not taken …”
qualifier-threshold-not-taken = is not taken; expected 50 to 100
