# The program is one import: a registry in a class of another module keeps every part that was ever made.
import parts.registry_app
