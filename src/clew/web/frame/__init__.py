"""What all pages share: layout, navigation, components, and the words for times and numbers."""
